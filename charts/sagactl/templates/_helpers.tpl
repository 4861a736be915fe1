{{- define "sagactl.name" -}}
{{- if contains "sagactl" .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-sagactl{{ end }}
{{- end }}

{{/* (list $ "node"): the labels by which pods of one kind are found. */}}
{{- define "sagactl.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
{{- end }}

{{- define "sagactl.labels" -}}
{{ include "sagactl.selector" . }}
app.kubernetes.io/part-of: sagactl
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (index . 0).Release.Service }}
helm.sh/chart: {{ (index . 0).Chart.Name }}-{{ (index . 0).Chart.Version }}
{{- end }}

{{/* (list $ UID GRACE): what all pods have in common: an account without rights, no root, no variables of services. */}}
{{- define "sagactl.pod" -}}
serviceAccountName: {{ include "sagactl.name" (index . 0) }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ index . 2 }}
{{- with (index . 0).Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: {{ index . 1 }}
  runAsGroup: {{ index . 1 }}
  fsGroup: {{ index . 1 }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{/* How the pods that make a backup and restore one begin; their containers and volumes follow. */}}
{{- define "sagactl.backupPod" -}}
metadata:
  labels:
    {{- include "sagactl.selector" (list . "backup") | nindent 4 }}
    app.kubernetes.io/part-of: sagactl
spec:
  restartPolicy: Never
  {{- include "sagactl.pod" (list . 999 30) | nindent 2 }}
{{- end }}

{{- define "sagactl.container" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
capabilities: {drop: [ALL]}
{{- end }}

{{- define "sagactl.claim" -}}
- metadata:
    name: data
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .storageClass }}
    storageClassName: {{ . }}
    {{- end }}
    resources: {requests: {storage: {{ .storage }}}}
{{- end }}

{{- define "sagactl.scaling" -}}
# A node that goes hands its sagas over: one at a time, and not for a short pause.
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - {type: Pods, value: 1, periodSeconds: 60}
{{- end }}

{{- define "sagactl.apart" -}}
podAntiAffinity:
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "sagactl.selector" . | nindent 12 }}
{{- end }}

{{- define "sagactl.secretKey" -}}
valueFrom: {secretKeyRef: {name: {{ (index . 0).Values.secret }}, key: {{ index . 1 }}}}
{{- end }}

{{/* Where PostgreSQL's image writes beside its data, since the rest of its files can only be read. */}}
{{- define "sagactl.postgresMounts" -}}
- {name: run, mountPath: /var/run/postgresql}
- {name: tmp, mountPath: /tmp}
- {name: shm, mountPath: /dev/shm}
{{- end }}

{{- define "sagactl.postgresVolumes" -}}
- name: run
  emptyDir: {sizeLimit: 16Mi}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
- name: shm
  emptyDir: {medium: Memory, sizeLimit: 128Mi}
{{- end }}

{{/* How PostgreSQL's own programs reach the database. */}}
{{- define "sagactl.postgresClient" -}}
- {name: PGHOST, value: {{ .Values.postgres.bundled | ternary (printf "%s-postgres" (include "sagactl.name" .)) .Values.postgres.host | quote }}}
- {name: PGPORT, value: {{ .Values.postgres.bundled | ternary 5432 (int .Values.postgres.port) | quote }}}
- {name: PGDATABASE, value: {{ .Values.postgres.database | quote }}}
- {name: PGUSER, value: {{ .Values.postgres.user | quote }}}
- name: PGPASSWORD
  {{- include "sagactl.secretKey" (list . "database-password") | nindent 2 }}
{{- end }}

{{/* While the database is restored there is no node. */}}
{{- define "sagactl.isRestoring" -}}
{{- if and .Values.backup.enabled .Values.backup.restore }}yes{{ end }}
{{- end }}

{{/* The variables of nodes that are no secrets. */}}
{{- define "sagactl.environment" -}}
{{- $name := include "sagactl.name" . -}}
PORT: "3000"
NODE_ENV: production
DATABASE_HOST: {{ .Values.postgres.bundled | ternary (printf "%s-postgres" $name) .Values.postgres.host | quote }}
DATABASE_PORT: {{ .Values.postgres.bundled | ternary 5432 (int .Values.postgres.port) | quote }}
DATABASE_NAME: {{ .Values.postgres.database | quote }}
DATABASE_USER: {{ .Values.postgres.user | quote }}
REDIS_HOST: {{ .Values.redis.bundled | ternary (printf "%s-redis" $name) .Values.redis.host | quote }}
REDIS_PORT: {{ .Values.redis.bundled | ternary 6379 (int .Values.redis.port) | quote }}
KAFKA_BROKERS: {{ .Values.kafka.bundled | ternary (printf "%s-kafka:9092" $name) .Values.kafka.brokers | quote }}
SAGACTL_SERVE_TRUSTED_PROXY: {{ .Values.nodes.trustedProxy | quote }}
SAGACTL_SERVE_ALLOW_ANONYMOUS: {{ .Values.nodes.allowAnonymous | quote }}
SAGACTL_SERVE_TEST_ROUTES: {{ .Values.nodes.testRoutes | quote }}
{{- with .Values.nodes.participantsAllow }}
SAGACTL_SERVE_PARTICIPANTS_ALLOW: {{ . | quote }}
{{- end }}
{{- range $variable, $value := .Values.nodes.environment }}
{{ $variable }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{/* What would not work is refused before anything is installed. */}}
{{- define "sagactl.check" -}}
{{- if and (not .Values.postgres.bundled) (not .Values.postgres.host) }}
{{- fail "postgres.host has to name the PostgreSQL server, since postgres.bundled is false" }}
{{- end }}
{{- if and (not .Values.redis.bundled) (not .Values.redis.host) }}
{{- fail "redis.host has to name the Redis server, since redis.bundled is false" }}
{{- end }}
{{- if and (not .Values.kafka.bundled) (not .Values.kafka.brokers) }}
{{- fail "kafka.brokers has to name the brokers, since kafka.bundled is false" }}
{{- end }}
{{- $outside := not (and .Values.postgres.bundled .Values.redis.bundled .Values.kafka.bundled) }}
{{- if and $outside .Values.networkPolicies.enabled (not .Values.networkPolicies.nodesMayCall) }}
{{- fail "networkPolicies.nodesMayCall has to name the networks of the services that are outside, or nodes could not reach them" }}
{{- end }}
{{- if and .Values.gateway.enabled (not .Values.nodes.trustedProxy) }}
{{- fail "nodes.trustedProxy has to name the addresses of the gateway's pods: without it all its clients would be one" }}
{{- end }}
{{- if and .Values.gateway.enabled (not .Values.gateway.name) }}
{{- fail "gateway.name has to name the gateway" }}
{{- end }}
{{- if and .Values.autoscaling.kedaPrometheus (not .Values.autoscaling.sagasPerNode) }}
{{- fail "autoscaling.sagasPerNode has to say how many sagas under way a node should have, since KEDA asks Prometheus for them" }}
{{- end }}
{{- if and .Values.backup.restore (not .Values.backup.enabled) }}
{{- fail "backup.enabled has to be true, since backup.restore names a dump on the backups' volume" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.nodes.trustedProxy) }}
{{- fail "nodes.trustedProxy has to name the addresses of the ingress' pods: without it all its clients would be one" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) }}
{{- fail "ingress.host has to name the host" }}
{{- end }}
{{- end }}
