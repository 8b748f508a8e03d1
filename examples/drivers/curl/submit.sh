#!/usr/bin/env bash
# curl and xmllint, as scripts have them:
#   ips-contract fuzz -- bash submit.sh
set -euo pipefail

escaped() { sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g' <<<"$1"; }

namespace=http://www.scene7.com/IpsApi/xsd
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
limit=$(awk -v all="$IPS_TIMEOUT" 'BEGIN { print all / 2 }') # curl takes 0 for no limit.
curl --silent --show-error --fail --max-time "$limit" --output "$answer" \
  --header 'Content-Type: text/xml; charset=utf-8' --header 'SOAPAction: "submitJob"' \
  --data-binary @- "$IPS_ENDPOINT" <<XML
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">
  <s:Header>
    <authHeader xmlns="$namespace">
      <user>$(escaped "$IPS_USER")</user>
      <password>$(escaped "$IPS_PASSWORD")</password>
    </authHeader>
  </s:Header>
  <s:Body>
    <submitJobParam xmlns="$namespace">
      <companyHandle>$(escaped "$IPS_COMPANY")</companyHandle>
      <jobName>$(escaped "$IPS_JOB_NAME")</jobName>
      <imageServingPublishJob>
        <publishType>Full</publishType>
        <emailSetting>None</emailSetting>
      </imageServingPublishJob>
    </submitJobParam>
  </s:Body>
</s:Envelope>
XML
handle=$(xmllint --nonet --xpath 'string(//*[local-name()="jobHandle"])' "$answer")
[[ $handle =~ [^[:space:]] ]] || { echo "no handle in the answer" >&2; exit 1; }
printf '%s\n' "$handle"
