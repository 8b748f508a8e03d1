// Mono's System.Web.Services with the classes of wsdl.exe, as its users write it.
using System;
using System.Collections.Generic;
using System.Text;
using System.Web.Script.Serialization;
using Ips;

static class Driver {
  const int Milliseconds = 3000;

  // The task is in the environment, or with --persistent a line for each.
  static void Main() {
    Console.OutputEncoding = new UTF8Encoding(false);
    if (Environment.GetEnvironmentVariable("IPS_ENDPOINT") != null) {
      Console.WriteLine(Submit(Environment.GetEnvironmentVariable));
      return;
    }
    var json = new JavaScriptSerializer();
    for (var line = Console.ReadLine(); line != null; line = Console.ReadLine()) {
      var task = json.Deserialize<Dictionary<string, string>>(line);
      var answer = new Dictionary<string, string> { { "case", task["IPS_CASE"] } };
      try {
        answer["output"] = Submit(name => task[name]);
      } catch (Exception error) {
        answer["error"] = error.ToString();
      }
      Console.WriteLine(json.Serialize(answer));
    }
  }

  static string Submit(Func<string, string> task) {
    using (var client = new IpsApiService { Url = task("IPS_ENDPOINT"), Timeout = Milliseconds }) {
      client.authHeaderValue = new authHeader {
        user = task("IPS_USER"), password = task("IPS_PASSWORD"), appName = "driver", appVersion = "1"
      };
      var handle = client.submitJob(new submitJobParam {
        companyHandle = task("IPS_COMPANY"),
        jobName = task("IPS_JOB_NAME"),
        imageServingPublishJob = new ImageServingPublishJob { publishType = "Full", emailSetting = "None" }
      }).jobHandle;
      if (string.IsNullOrWhiteSpace(handle)) throw new Exception("no handle");
      return handle;
    }
  }
}
