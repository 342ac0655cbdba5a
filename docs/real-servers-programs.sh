#!/bin/sh
# real-servers-programs.sh: the programs that real-servers.sh checks, with their configuration. It
# reads this file. T is the folder of all that they write.

# file PATH [OWNER]: from standard input. Each pid file gets a folder of its own, as under /run.
file() {
  mkdir -p "$(dirname "$T/$1")" "$T/$(dirname "$1")/run"
  cat >"$T/$1"
  [ $# -lt 2 ] || chown "$2" "$T/$(dirname "$1")" "$T/$(dirname "$1")/run"
}

configure() {
  [ ! -e "$T/configured" ] || return 0 # by another step
  mkdir -p "$T/redis/run" /run/sshd # Debian's unit makes the last one
  file haproxy/haproxy.cfg <<END
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend web
  bind 127.0.0.1:8080
  http-request return status 200
END
  file mosquitto/mosquitto.conf mosquitto <<END
listener 1883 127.0.0.1
allow_anonymous true
pid_file $T/mosquitto/run/mosquitto.pid
END
  file unbound/unbound.conf <<END
server:
  interface: 127.0.0.1
  port: 5353
  chroot: ""
  directory: "$T/unbound"
  pidfile: "$T/unbound/run/unbound.pid"
  use-syslog: no
remote-control:
  control-enable: no
END
  app='def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello\n"]'
  printf '%s\n' "$app" | file gunicorn/app.py
  printf '%s\n' "$app" | file uwsgi/app.py
  file supervisord/supervisord.conf <<END
[supervisord]
pidfile=$T/supervisord/run/supervisord.pid
logfile=$T/supervisord/supervisord.log
[unix_http_server]
file=$T/supervisord/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
END
  file dbus/bus.conf <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=$T/dbus/socket</listen>
  <pidfile>$T/dbus/run/dbus.pid</pidfile>
  <policy context="default"><allow send_destination="*"/><allow own="*"/></policy>
</busconfig>
END
  file squid/squid.conf proxy <<END
http_port 127.0.0.1:3128
pid_filename $T/squid/run/squid.pid
access_log none
cache_log $T/squid/cache.log
coredump_dir $T/squid
http_access allow localhost
pinger_enable off
shutdown_lifetime 0 seconds
END
  file rsyslogd/rsyslog.conf <<END
module(load="imtcp")
input(type="imtcp" port="1514" address="127.0.0.1")
*.* $T/rsyslogd/log
END
  file named/named.conf bind <<END
options {
  directory "$T/named";
  pid-file "$T/named/run/named.pid";
  listen-on port 5353 { 127.0.0.1; };
  listen-on-v6 { none; };
  dnssec-validation no;
  recursion no;
};
controls { };
END
  [ -d "$T/postgresql" ] || {
    install -d -o postgres "$T/postgresql"
    setpriv --reuid postgres --regid postgres --init-groups \
      /usr/lib/postgresql/15/bin/initdb -A trust -D "$T/postgresql/data" >/dev/null
  }
  touch "$T/configured"
}

# NAME|FORM|PORT|PID FILE|COMMAND. The port and the file are for the checks by hand; pidfall finds
# them by itself.
commands() {
  uwsgi="uwsgi --plugin python3 --chdir $T/uwsgi --wsgi app:app --http-socket 127.0.0.1:9090"
  uwsgi="$uwsgi --master --pidfile $T/uwsgi/run/uwsgi.pid"
  gunicorn="gunicorn --chdir $T/gunicorn -b 127.0.0.1:8000 -p $T/gunicorn/run/gunicorn.pid"
  postgres='setpriv --reuid postgres --regid postgres --init-groups /usr/lib/postgresql/15/bin'
  cat <<END
nginx|fg|80|/run/nginx.pid|nginx -g 'daemon off;'
nginx|bg|80|/run/nginx.pid|nginx
redis|fg|6379|$T/redis/run/redis.pid|redis-server --port 6379 --pidfile $T/redis/run/redis.pid
redis|bg|6379|$T/redis/run/redis.pid|redis-server --port 6379 --pidfile $T/redis/run/redis.pid --daemonize yes
memcached|fg|11211|/run/memcached/memcached.pid|memcached -u memcache -P /run/memcached/memcached.pid
memcached|bg|11211|/run/memcached/memcached.pid|memcached -d -u memcache -P /run/memcached/memcached.pid
lighttpd|fg|80|/run/lighttpd.pid|lighttpd -D -f /etc/lighttpd/lighttpd.conf
lighttpd|bg|80|/run/lighttpd.pid|lighttpd -f /etc/lighttpd/lighttpd.conf
haproxy|fg|8080|$T/haproxy/run/haproxy.pid|haproxy -W -f $T/haproxy/haproxy.cfg -p $T/haproxy/run/haproxy.pid
haproxy|bg|8080|$T/haproxy/run/haproxy.pid|haproxy -D -f $T/haproxy/haproxy.cfg -p $T/haproxy/run/haproxy.pid
dnsmasq|fg|5353|/run/dnsmasq/dnsmasq.pid|dnsmasq -k -C /dev/null -p 5353 -x /run/dnsmasq/dnsmasq.pid
dnsmasq|bg|5353|/run/dnsmasq/dnsmasq.pid|dnsmasq -C /dev/null -p 5353 -x /run/dnsmasq/dnsmasq.pid
cron|fg||/run/crond.pid|cron -f
cron|bg||/run/crond.pid|cron
atd|fg||/run/atd.pid|atd -f
atd|bg||/run/atd.pid|atd
mosquitto|fg|1883|$T/mosquitto/run/mosquitto.pid|mosquitto -c $T/mosquitto/mosquitto.conf
mosquitto|bg|1883|$T/mosquitto/run/mosquitto.pid|mosquitto -d -c $T/mosquitto/mosquitto.conf
unbound|fg|5353|$T/unbound/run/unbound.pid|unbound -d -c $T/unbound/unbound.conf
unbound|bg|5353|$T/unbound/run/unbound.pid|unbound -c $T/unbound/unbound.conf
apache2|fg|80|/run/apache2/apache2.pid|apachectl -D FOREGROUND
apache2|bg|80|/run/apache2/apache2.pid|apachectl start
gunicorn|fg|8000|$T/gunicorn/run/gunicorn.pid|$gunicorn app:app
gunicorn|bg|8000|$T/gunicorn/run/gunicorn.pid|$gunicorn --daemon app:app
sshd|fg|22|/run/sshd.pid|/usr/sbin/sshd -D
sshd|bg|22|/run/sshd.pid|/usr/sbin/sshd
supervisord|fg||$T/supervisord/run/supervisord.pid|supervisord -n -c $T/supervisord/supervisord.conf
supervisord|bg||$T/supervisord/run/supervisord.pid|supervisord -c $T/supervisord/supervisord.conf
dbus-daemon|fg||$T/dbus/run/dbus.pid|dbus-daemon --config-file=$T/dbus/bus.conf --nofork
dbus-daemon|bg||$T/dbus/run/dbus.pid|dbus-daemon --config-file=$T/dbus/bus.conf --fork
squid|fg|3128|$T/squid/run/squid.pid|squid --foreground -f $T/squid/squid.conf
squid|bg|3128|$T/squid/run/squid.pid|squid -f $T/squid/squid.conf
rsyslogd|fg|1514|$T/rsyslogd/run/rsyslogd.pid|rsyslogd -n -f $T/rsyslogd/rsyslog.conf -i $T/rsyslogd/run/rsyslogd.pid
rsyslogd|bg|1514|$T/rsyslogd/run/rsyslogd.pid|rsyslogd -f $T/rsyslogd/rsyslog.conf -i $T/rsyslogd/run/rsyslogd.pid
named|fg|5353|$T/named/run/named.pid|named -f -u bind -c $T/named/named.conf
named|bg|5353|$T/named/run/named.pid|named -u bind -c $T/named/named.conf
uwsgi|fg|9090|$T/uwsgi/run/uwsgi.pid|$uwsgi
uwsgi|bg|9090|$T/uwsgi/run/uwsgi.pid|$uwsgi --daemonize $T/uwsgi/uwsgi.log
postgresql|fg|5432|$T/postgresql/data/postmaster.pid|$postgres/postgres -D $T/postgresql/data -k $T/postgresql
postgresql|bg|5432|$T/postgresql/data/postmaster.pid|$postgres/pg_ctl -w -D $T/postgresql/data -o '-k $T/postgresql' start
END
}

# The package of each program, as dpkg knows it.
packages_of() {
  cat <<'END'
nginx nginx-light
redis redis-server
memcached memcached
lighttpd lighttpd
haproxy haproxy
dnsmasq dnsmasq-base
cron cron
atd at
mosquitto mosquitto
unbound unbound
apache2 apache2
gunicorn gunicorn
sshd openssh-server
supervisord supervisor
dbus-daemon dbus-daemon
squid squid
rsyslogd rsyslog
named bind9
uwsgi uwsgi-core
postgresql postgresql-15
END
}
