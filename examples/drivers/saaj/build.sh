#!/bin/sh
# Makes FOLDER/driver: ./build.sh WSDL FOLDER
# FOLDER is made if need be. SAAJ does not read a WSDL.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
jars=/usr/share/java
classpath=$jars/saaj-impl.jar:$jars/javax.xml.soap-api.jar:$jars/javax.activation.jar:$jars/stax-ex.jar
javac -d "$out" -cp "$classpath" -sourcepath "$here/../java:$here" "$here/SaajDriver.java"
# Its limits of time are those of the JDK. It starts in half the time so.
cat > "$out/driver" << END
#!/bin/sh
exec java -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Dsun.net.client.defaultConnectTimeout=3000 \\
  -Dsun.net.client.defaultReadTimeout=3000 -cp "$out:$classpath" SaajDriver
END
chmod +x "$out/driver"
