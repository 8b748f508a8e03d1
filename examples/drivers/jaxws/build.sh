#!/bin/sh
# Makes FOLDER/driver: ./build.sh WSDL FOLDER
# WSDL is a path or an http URL; FOLDER is made if need be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wsdl=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
classpath=/usr/share/java/jaxws-rt.jar
case $wsdl in
  http://* | https://*) curl -fsS "$wsdl" ;;
  *) cat "$wsdl" ;;
esac > "$out/IpsApi.wsdl"
# The header as an argument of each operation; the WSDL from the class path.
mkdir -p "$out/source"
wsimport -quiet -Xnocompile -XadditionalHeaders -wsdllocation /IpsApi.wsdl -s "$out/source" \
  "$out/IpsApi.wsdl"
# All of them: what only package-info.java says, such as the namespaces, is not asked for by name.
find "$out/source" -name '*.java' > "$out/sources"
javac -nowarn -XDsuppressNotes -proc:none -d "$out" -cp "$classpath" "$here/../java/Lines.java" \
  "$here/JaxwsDriver.java" "@$out/sources"
# It starts in half the time so.
cat > "$out/driver" << END
#!/bin/sh
exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$out:$classpath" JaxwsDriver
END
chmod +x "$out/driver"
