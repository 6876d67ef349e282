# The image of compose.yaml: server and worker alike. Untested: nothing here has been built yet.
FROM python:3.11-slim
WORKDIR /app
COPY requirements.lock ./
# Everything that is pinned, without resolving; on a machine without a GPU, TORCH_INDEX names PyTorch's CPU builds.
ARG TORCH_INDEX=https://pypi.org/simple
RUN grep '^torch==' requirements.lock > torch.txt \
    && pip install --no-cache-dir --index-url "$TORCH_INDEX" -r torch.txt \
    && grep -v '^torch==' requirements.lock > rest.txt \
    && pip install --no-cache-dir --no-deps --only-binary :all: -r rest.txt
COPY . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . && useradd --create-home runner && mkdir -p /home/runner/out \
    && chown -R runner /home/runner
USER runner
ENV DISTILLOMETER_HOME=/home/runner/out PREFECT_SERVER_ANALYTICS_ENABLED=false DO_NOT_TRACK=1 HF_HUB_DISABLE_TELEMETRY=1
