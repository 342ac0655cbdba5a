# docker build -t pidfall . && docker run --rm --privileged pidfall run
#
# The sandbox makes namespaces, mounts and a second /proc, all of which a plain container refuses. In
# place of --privileged these are enough where the host lets users make namespaces:
#   --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
#   --security-opt systempaths=unconfined
# With neither, it falls back to the plain sandbox; `docker run --rm pidfall doctor` says what that costs.
FROM debian:bookworm-slim
COPY . /pidfall
RUN /pidfall/pidfall --version && rm -rf /var/lib/apt/lists/*
ENTRYPOINT ["/pidfall/pidfall"]
CMD ["run"]
