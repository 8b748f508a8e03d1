#!/usr/bin/env bash
# Sends a Java client whose host is fixed to the mock for a test. Usage: java.sh PORT CA_FILE
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
# The JDK reads a file like /etc/hosts instead of asking for names, and a file of what it trusts.
echo "127.0.0.1 s7sps1apissl.scene7.com" >"$folder/hosts"
keytool -importcert -noprompt -alias ips-mock -file "$2" \
  -keystore "$folder/trusted.p12" -storepass changeit 2>/dev/null
java -Djdk.net.hosts.file="$folder/hosts" \
  -Djavax.net.ssl.trustStore="$folder/trusted.p12" -Djavax.net.ssl.trustStorePassword=changeit \
  Client.java "$1"
