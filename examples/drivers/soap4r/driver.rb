# soap4r, as its users write it: ips-contract fuzz --persistent --api-version 6.8 -- ruby driver.rb
require "json"
require "soap/wsdlDriver"
require "soap/header/simplehandler"

NAMESPACE = "http://www.scene7.com/IpsApi/xsd/2014-04-03"
SECONDS = 3 # From one read to the next.

class AuthHeader < SOAP::Header::SimpleHandler
  attr_writer :user, :password

  def initialize
    super(XSD::QName.new(NAMESPACE, "authHeader"))
  end

  def on_simple_outbound
    fields = { "user" => @user, "password" => @password, "appName" => "driver", "appVersion" => "1" }
    fields.transform_keys { |name| XSD::QName.new(NAMESPACE, name) }
  end
end

class Client
  def initialize(wsdl)
    @header = AuthHeader.new
    @driver = SOAP::WSDLDriverFactory.new(wsdl).create_rpc_driver(nil, "IpsApiSoapPort")
    @driver.headerhandler << @header
    %w[connect send receive].each { |what| @driver.options["protocol.http.#{what}_timeout"] = SECONDS }
  end

  def submit(task)
    @driver.endpoint_url = task["IPS_ENDPOINT"]
    @header.user = task["IPS_USER"]
    @header.password = task["IPS_PASSWORD"]
    handle = @driver.submitJob(
      companyHandle: task["IPS_COMPANY"],
      jobName: task["IPS_JOB_NAME"],
      imageServingPublishJob: { publishType: "Full", emailSetting: "None" }
    ).jobHandle
    raise "no handle" if handle.to_s.strip.empty?

    handle
  end
end

if ENV["IPS_WSDL"]
  puts Client.new(ENV["IPS_WSDL"]).submit(ENV)
else
  client = nil # The WSDL is the same in all cases, and takes seconds to read.
  $stdout.sync = true
  $stdin.each_line do |line|
    task = JSON.parse(line)
    begin
      client ||= Client.new(task["IPS_WSDL"])
      answer = { output: client.submit(task).to_s }
    rescue StandardError => error
      answer = { error: error.message }
    end
    puts JSON.generate(case: task["IPS_CASE"], **answer)
  end
end
