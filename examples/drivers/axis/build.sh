#!/bin/sh
# Makes FOLDER/driver: ./build.sh WSDL FOLDER
# WSDL is a path or an http URL; FOLDER is made if need be.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wsdl=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
jars=/usr/share/java
classpath=$jars/axis.jar:$jars/axis-jaxrpc.jar:$jars/axis-saaj.jar:$jars/commons-discovery.jar
classpath=$classpath:$jars/commons-logging.jar:$jars/wsdl4j.jar:$jars/javax.mail.jar:$jars/javax.activation.jar
# Axis cannot read a binding for SOAP 1.2.
case $wsdl in
  http://* | https://*) curl -fsS "$wsdl" ;;
  *) cat "$wsdl" ;;
esac | sed '/<wsdl:binding name="IpsApiServiceSoap12Binding"/,/<\/wsdl:binding>/d
  /<wsdl:port name="IpsApiSoap12Port"/,/<\/wsdl:port>/d' > "$out/IpsApi.wsdl"
# All types, for no operation names that of the header.
mkdir -p "$out/source"
java -cp "$classpath" org.apache.axis.wsdl.WSDL2Java --all -o "$out/source" "$out/IpsApi.wsdl"
javac -nowarn -XDsuppressNotes -proc:none -encoding UTF-8 -d "$out" -cp "$classpath" \
  -sourcepath "$here/../java:$out/source" "$here/AxisDriver.java"
# It starts in half the time so.
cat > "$out/driver" << END
#!/bin/sh
exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp "$out:$classpath" AxisDriver
END
chmod +x "$out/driver"
