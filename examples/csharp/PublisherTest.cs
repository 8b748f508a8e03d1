using System;
using System.Threading.Tasks;

public static class PublisherTest
{
    private const string AtTwo = "0 0 2 * * ?";

    public static int Main()
    {
        var mock = new IpsMock("--clock 2014-04-03T00:00:00Z");
        Run(mock).GetAwaiter().GetResult();
        Check(mock.Stop() == 0, "the mock failed");
        Console.WriteLine("all passed");
        return 0;
    }

    private static async Task Run(IpsMock mock)
    {
        var publisher = new Publisher(mock.Place("endpoint"));

        // The job runs each night.
        string handle = await publisher.PublishDaily("Nightly", AtTwo);
        Check(handle.Contains("|Nightly|"), $"the handle is {handle}");
        await mock.Control("POST", "clock/advance", "{\"hours\": 3}");
        var (code, jobs) = await mock.Control("GET", "jobs?job_name=Nightly");
        Check(code == 200, jobs);
        Check(jobs.Contains("\"started\": \"2014-04-03T02:00:00"), jobs);
        Check(jobs.Contains("\"outcome\": \"success\""), jobs);

        // A refusal is told to the caller.
        await mock.Control("POST", "scripts", "{\"fault\": 20003}"); // For the next submission.
        try
        {
            await publisher.PublishDaily("Nightly", AtTwo);
            Check(false, "the refusal was not noticed");
        }
        catch (InvalidOperationException error)
        {
            Check(error.Message == "refused: 20003", error.Message);
        }

        // What was submitted is what was meant.
        await mock.Control("POST", "reset", "{}");
        await publisher.PublishDaily("Nightly", AtTwo);
        var (status, said) = await mock.Control("POST", "verify",
            "{\"submitted\": {\"job_name\": \"Nightly\", \"execSchedule\": \"0 0 2 * * ?\"}, \"times\": 1}");
        Check(status == 200, said);
        (status, said) = await mock.Control("POST", "verify", "{\"submitted\": {\"job_name\": \"Weekly\"}}");
        Check(status == 409 && said.Contains("Nightly"), said); // It says what came instead.
    }

    private static void Check(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new Exception("FAILED: " + what);
        }
    }
}
