# The image of a node: built on Debian 12, run on Debian 12 slim with nothing but the libraries that the program
# loads, as a user that is not root. tests/deploy follows these steps without a container engine.
#
#   docker build -t sagactl:0.1.0 .

FROM debian:12.12-slim AS build
WORKDIR /src
COPY tools/lib.sh tools/deps tools/
RUN tools/deps
COPY . .
RUN tools/build && strip build/release/sagactl

FROM debian:12.12-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    ca-certificates libargon2-1 libfmt9 libhiredis0.14 libjemalloc2 libpq5 libpqxx-6.4 libprometheus-cpp-core1.0 librdkafka1 \
    libsqlite3-0 libssl3 libstdc++6 libtomlplusplus3 libyaml-cpp0.7 zlib1g \
  && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /var/lib/sagactl sagactl \
  && install -d -m 0700 -o sagactl -g sagactl /var/lib/sagactl
COPY --from=build /src/build/release/sagactl /usr/local/bin/sagactl
ENV SAGACTL_DATA=/var/lib/sagactl PORT=3000
WORKDIR /var/lib/sagactl
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /readyz HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]
ENTRYPOINT ["/usr/local/bin/sagactl"]
CMD ["serve", "--host", "0.0.0.0"]
