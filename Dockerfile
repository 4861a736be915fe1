# The image of a node: Debian slim with the package that tools/package makes, and so with nothing but the libraries that
# the program loads; it runs as a user that is not root. tests/deploy follows these steps without a container engine.
#
#   docker build -t sagactl:0.1.0 .

FROM debian:13.7-slim AS build
WORKDIR /src
COPY tools/lib.sh tools/deps tools/
COPY tools/deps.d tools/deps.d
RUN tools/deps --package
COPY . .
RUN tools/package deb

FROM debian:13.7-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/sagactl sagactl \
  && install -d -m 0700 -o sagactl -g sagactl /var/lib/sagactl
RUN --mount=type=bind,from=build,source=/src/dist,target=/dist \
  apt-get update \
  && apt-get install -y --no-install-recommends /dist/sagactl_*.deb \
  && rm -rf /var/lib/apt/lists/*
ENV SAGACTL_DATA=/var/lib/sagactl PORT=3000
WORKDIR /var/lib/sagactl
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]
ENTRYPOINT ["/usr/bin/sagactl"]
CMD ["serve", "--host", "0.0.0.0"]
