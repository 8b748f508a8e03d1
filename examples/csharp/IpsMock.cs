using System;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

/// <summary>The mock as a test has it: started, driven through its control interface, ended.</summary>
public sealed class IpsMock
{
    private readonly HttpClient http = new HttpClient();
    private readonly Process process;
    private readonly string place;

    /// <summary>Starts `ips-contract serve`; it ends with this process, however that ends.</summary>
    public IpsMock(string options)
    {
        string ready = Path.Combine(Path.GetTempPath(), Guid.NewGuid() + ".json");
        process = Process.Start(new ProcessStartInfo
        {
            FileName = "ips-contract",
            Arguments = $"serve --exit-with-stdin --ready-file \"{ready}\" {options}",
            UseShellExecute = false,
            RedirectStandardInput = true,
        });
        while (!File.Exists(ready))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException("the mock did not start");
            }
            Thread.Sleep(20);
        }
        place = File.ReadAllText(ready);
    }

    /// <summary>A text of the ready file: `endpoint`, `wsdl`, `control` or `ca`.</summary>
    public string Place(string name)
    {
        return Regex.Match(place, $"\"{name}\": \"([^\"]*)\"").Groups[1].Value;
    }

    /// <summary>Asks the control interface; the status, and what it says.</summary>
    public async Task<(int Status, string Body)> Control(string method, string path, string body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), Place("control") + path);
        if (body != null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }
        HttpResponseMessage answer = await http.SendAsync(request);
        string said = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, said);
    }

    /// <summary>Ends it; its exit status.</summary>
    public int Stop()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        return process.ExitCode;
    }
}
