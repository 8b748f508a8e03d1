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
cd "$out"
wsdl2h -o ips.h IpsApi.wsdl
# SOAP 1.1, which it would not take by itself where the WSDL has 1.2, too.
soapcpp2 -1 -C -j -L -w -x -I/usr/share/gsoap/import ips.h
# All the contract is one file of 170,000 lines: half a minute, without optimization.
c++ -O0 -I. -o driver "$here/driver.cpp" soapC.cpp soapIpsApiServiceSoapBindingProxy.cpp -lgsoap++
