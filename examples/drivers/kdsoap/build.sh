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
cmake -S "$here" -B "$out" "-DWSDL=$out/IpsApi.wsdl"
# All the contract is files of 130,000 lines: a minute or two.
cmake --build "$out"
