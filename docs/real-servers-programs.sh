#!/bin/sh
# real-servers-programs.sh: the programs that real-servers.sh checks and real-orders.sh explores, with
# their configuration. Both read this file; `here` is its folder.
PATH=/usr/sbin:/usr/bin:/sbin:/bin # Debian's programs, whatever else the machine has
PIDFALL=$(realpath "${PIDFALL:-$here/../build/release/bin/pidfall}")
T=/tmp/pidfall-real # all that they write; on the page, so that its commands can be copied

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
  configure_more
  touch "$T/configured"
}

configure_more() {
  file stunnel/stunnel.conf <<END
pid = $T/stunnel/run/stunnel.pid
[web]
accept = 127.0.0.1:8443
connect = 127.0.0.1:80
ciphers = PSK
PSKsecrets = $T/stunnel/secrets
END
  (echo foreground = yes && cat "$T/stunnel/stunnel.conf") >"$T/stunnel/foreground.conf"
  (umask 077 && echo user:0123456789abcdef0123456789abcdef >"$T/stunnel/secrets")
  rack='run ->(environment) { [200, {"content-type" => "text/plain"}, ["hello\n"]] }'
  for name in puma rackup unicorn; do echo "$rack" | file $name/config.ru; done
  file unicorn/unicorn.rb <<END
pid "$T/unicorn/run/unicorn.pid"
END
  echo hello | file web/index.html
  file xinetd/xinetd.conf <<END
service hello
{
  type = UNLISTED
  socket_type = stream
  protocol = tcp
  port = 7002
  bind = 127.0.0.1
  wait = no
  user = nobody
  server = /bin/echo
  server_args = hello
}
END
  mkdir -p "$T/xinetd/run" "$T/monit/run" "$T/dropbear/run" "$T/mini-httpd/run"
  mkdir -p "$T/twistd/run" "$T/flock/run" "$T/ssd/run"
  file rsync/rsyncd.conf <<END
pid file = $T/rsync/run/rsyncd.pid
address = 127.0.0.1
port = 8730
[web]
path = $T/web
END
  mkdir -p /run/vsftpd/empty # Debian's unit makes it
  file vsftpd/vsftpd.conf <<END
listen=YES
listen_address=127.0.0.1
listen_port=2121
anonymous_enable=YES
END
  file tinyproxy/tinyproxy.conf tinyproxy <<END
User tinyproxy
Group tinyproxy
Port 8888
Listen 127.0.0.1
PidFile "$T/tinyproxy/run/tinyproxy.pid"
LogFile "$T/tinyproxy/tinyproxy.log"
END
  file monit/monitrc <<END
set daemon 30
set pidfile $T/monit/run/monit.pid
set idfile $T/monit/id
set statefile $T/monit/state
set httpd port 2812 and use address 127.0.0.1 allow localhost
END
  chmod 600 "$T/monit/monitrc"
}

# NAME|FORM|PORT|PID FILE|COMMAND. The port and the file are for the checks by hand; pidfall finds
# them by itself.
commands() {
  uwsgi="uwsgi --plugin python3 --chdir $T/uwsgi --wsgi app:app --http-socket 127.0.0.1:9090"
  uwsgi="$uwsgi --master --pidfile $T/uwsgi/run/uwsgi.pid"
  gunicorn="gunicorn --chdir $T/gunicorn -b 127.0.0.1:8000 -p $T/gunicorn/run/gunicorn.pid"
  rackup="rackup -s webrick -o 127.0.0.1 -p 9293 -P $T/rackup/run/rackup.pid $T/rackup/config.ru"
  twistd="--pidfile $T/twistd/run/twistd.pid"
  web="web --listen tcp:8088:interface=127.0.0.1 --path $T/web"
  ssd="start-stop-daemon --start --pidfile $T/ssd/run/web.pid --make-pidfile"
  python="/usr/bin/python3 -- -m http.server --bind 127.0.0.1 8001"
  mini="mini_httpd -h 127.0.0.1 -p 8004 -d $T/web -u nobody -i $T/mini-httpd/run/mini-httpd.pid"
  unicorn="unicorn -c $T/unicorn/unicorn.rb -l 127.0.0.1:8006"
  npm=/opt/npm/node_modules/.bin # npm install --prefix /opt/npm http-server@14.1.1
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
stunnel|fg|8443|$T/stunnel/run/stunnel.pid|stunnel4 $T/stunnel/foreground.conf
stunnel|bg|8443|$T/stunnel/run/stunnel.pid|stunnel4 $T/stunnel/stunnel.conf
puma|fg|9292|$T/puma/run/puma.pid|puma -b tcp://127.0.0.1:9292 --pidfile $T/puma/run/puma.pid $T/puma/config.ru
rackup|fg|9293|$T/rackup/run/rackup.pid|$rackup
rackup|bg|9293|$T/rackup/run/rackup.pid|$rackup -D
twistd|fg|8088|$T/twistd/run/twistd.pid|twistd3 -n $twistd $web
twistd|bg|8088|$T/twistd/run/twistd.pid|twistd3 $twistd --logfile $T/twistd/twistd.log $web
start-stop-daemon|fg|8001|$T/ssd/run/web.pid|$ssd --exec $python
start-stop-daemon|bg|8001|$T/ssd/run/web.pid|$ssd --background --exec $python
flock|fg|8002|$T/flock/run/web.lock|flock -n $T/flock/run/web.lock python3 -m http.server --bind 127.0.0.1 8002
xinetd|fg|7002|$T/xinetd/run/xinetd.pid|xinetd -dontfork -f $T/xinetd/xinetd.conf -pidfile $T/xinetd/run/xinetd.pid
xinetd|bg|7002|$T/xinetd/run/xinetd.pid|xinetd -f $T/xinetd/xinetd.conf -pidfile $T/xinetd/run/xinetd.pid
rsync|fg|8730|$T/rsync/run/rsyncd.pid|rsync --daemon --no-detach --config=$T/rsync/rsyncd.conf
rsync|bg|8730|$T/rsync/run/rsyncd.pid|rsync --daemon --config=$T/rsync/rsyncd.conf
vsftpd|fg|2121||vsftpd $T/vsftpd/vsftpd.conf
vsftpd|bg|2121||vsftpd $T/vsftpd/vsftpd.conf -obackground=YES
tinyproxy|fg|8888|$T/tinyproxy/run/tinyproxy.pid|tinyproxy -d -c $T/tinyproxy/tinyproxy.conf
tinyproxy|bg|8888|$T/tinyproxy/run/tinyproxy.pid|tinyproxy -c $T/tinyproxy/tinyproxy.conf
dropbear|fg|2222|$T/dropbear/run/dropbear.pid|dropbear -F -R -p 127.0.0.1:2222 -P $T/dropbear/run/dropbear.pid
dropbear|bg|2222|$T/dropbear/run/dropbear.pid|dropbear -R -p 127.0.0.1:2222 -P $T/dropbear/run/dropbear.pid
mini-httpd|fg|8004|$T/mini-httpd/run/mini-httpd.pid|$mini -D
mini-httpd|bg|8004|$T/mini-httpd/run/mini-httpd.pid|$mini
unicorn|fg|8006|$T/unicorn/run/unicorn.pid|$unicorn $T/unicorn/config.ru
unicorn|bg|8006|$T/unicorn/run/unicorn.pid|$unicorn -D $T/unicorn/config.ru
monit|fg|2812|$T/monit/run/monit.pid|monit -I -c $T/monit/monitrc
monit|bg|2812|$T/monit/run/monit.pid|monit -c $T/monit/monitrc
http-server|fg|8009||$npm/http-server -a 127.0.0.1 -p 8009 $T/web
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
stunnel stunnel4
puma puma
rackup ruby-rack
twistd python3-twisted
start-stop-daemon dpkg
flock util-linux
xinetd xinetd
rsync rsync
vsftpd vsftpd
tinyproxy tinyproxy
dropbear dropbear-bin
mini-httpd mini-httpd
unicorn unicorn
monit monit
http-server http-server
END
}
