{{- define "skewwatch.name" -}}
{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- end }}
{{- define "skewwatch.selector" -}}
app.kubernetes.io/name: skewwatch
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- define "skewwatch.labels" -}}
{{ include "skewwatch.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}
{{- define "skewwatch.secret" -}}
{{ .Values.secret.name | default (include "skewwatch.name" .) }}
{{- end }}
