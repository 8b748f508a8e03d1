import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The mock as a test has it: started, driven through its control interface, ended. */
public class IpsMock {
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String place;

    /** Starts `ips-contract serve`; it ends with this process, however that ends. */
    public IpsMock(String... options) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("ips-");
        Path ready = folder.resolve("ready.json");
        var command = new ArrayList<>(
                List.of("ips-contract", "serve", "--exit-with-stdin", "--ready-file", ready.toString()));
        command.addAll(List.of(options));
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        while (!Files.exists(ready)) {
            if (!process.isAlive()) {
                throw new IOException("the mock did not start");
            }
            Thread.sleep(20);
        }
        place = Files.readString(ready);
    }

    /** A text of the ready file: `endpoint`, `wsdl`, `control` or `ca`. */
    public String place(String name) {
        var match = Pattern.compile("\"" + name + "\": \"([^\"]*)\"").matcher(place);
        return match.find() ? match.group(1) : null;
    }

    /** Asks the control interface; `body` is JSON, or null to read something. */
    public HttpResponse<String> control(String method, String path, String body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(place("control") + path))
                .header("Content-Type", "application/json")
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    /** Ends it; its exit status. */
    public int stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        return process.waitFor();
    }
}
