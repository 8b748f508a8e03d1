import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** A client whose host is fixed. It is not changed for a test: see java.sh. Usage: Client PORT */
public class Client {
    public static void main(String[] args) throws Exception {
        URI wsdl = URI.create("https://s7sps1apissl.scene7.com:" + args[0] + "/scene7/services/IpsApiService?wsdl");
        var answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(wsdl).build(), BodyHandlers.ofString());
        System.out.println(answer.statusCode() + " " + answer.headers().firstValue("Content-Type").get());
    }
}
