# tclws, as its users write it: ips-contract fuzz --api-version 6.8 -- tclsh driver.tcl
package require WS::Client

# Milliseconds. DoCall of 3.0.1 does not heed them, and so waits for ever.
::WS::Client::SetOption queryTimeout 3000
::WS::Client::GetAndParseWsdl $env(IPS_WSDL)
# The fields of header and body in one dictionary.
set answer [::WS::Client::DoCall IpsApiService submitJob [dict create \
    user $env(IPS_USER) password $env(IPS_PASSWORD) appName driver appVersion 1 \
    companyHandle $env(IPS_COMPANY) jobName $env(IPS_JOB_NAME) \
    imageServingPublishJob {publishType Full emailSetting None}]]
set handle [dict get $answer jobHandle]
if {[string trim $handle] eq ""} {
    error "no handle"
}
fconfigure stdout -encoding utf-8
puts $handle
