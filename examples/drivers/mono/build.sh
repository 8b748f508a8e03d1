#!/bin/sh
# Makes FOLDER/driver: ./build.sh WSDL FOLDER
# WSDL is a path or an http URL; FOLDER is made if need be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wsdl=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
case $wsdl in
  http://* | https://*) curl -fsS "$wsdl" ;;
  *) cat "$wsdl" ;;
esac > "$out/IpsApi.wsdl"
wsdl -nologo -n:Ips -o:"$out/Ips.cs" "$out/IpsApi.wsdl"
mcs -nowarn:649 -r:System.Web.Services -r:System.Web.Extensions -out:"$out/driver.exe" \
  "$here/Driver.cs" "$out/Ips.cs"
cat > "$out/driver" << END
#!/bin/sh
exec mono "$out/driver.exe"
END
chmod +x "$out/driver"
