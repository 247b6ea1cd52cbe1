# The worker: one static program and nothing else. Build it with docker/build-worker.sh, which puts the program into the
# build context; no other image is needed, so that nothing is pulled.
FROM scratch
COPY darkroom-worker /darkroom-worker
USER 65532:65532
ENTRYPOINT ["/darkroom-worker"]
