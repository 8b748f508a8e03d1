#!/usr/bin/env bash
# A client whose host is fixed, sent to the mock for a test. Usage: client.sh PORT CA_FILE
set -euo pipefail
host=s7sps1apissl.scene7.com
curl --silent --show-error --resolve "$host:$1:127.0.0.1" --cacert "$2" \
  --output /dev/null --write-out '%{http_code} %{content_type}\n' \
  "https://$host:$1/scene7/services/IpsApiService?wsdl"
