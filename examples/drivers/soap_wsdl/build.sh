#!/bin/sh
# Makes FOLDER/driver: ./build.sh WSDL FOLDER
# WSDL is a path or an http URL; FOLDER is made if need be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wsdl=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
# wsdl2perl does not end with a type that holds itself: there is one, Folder.
case $wsdl in
  http://* | https://*) curl -fsS "$wsdl" ;;
  *) cat "$wsdl" ;;
esac | grep -v 'name="subfolderArray"' > "$out/IpsApi.wsdl"
# Half a minute.
wsdl2perl --base_path "$out/lib" --prefix Ips "file://$out/IpsApi.wsdl"
cat > "$out/driver" << END
#!/bin/sh
exec perl "-I$out/lib" "$here/driver.pl"
END
chmod +x "$out/driver"
