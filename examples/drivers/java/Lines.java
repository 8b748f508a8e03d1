import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What ips-contract fuzz asks of a client: in the environment, or with --persistent in lines. */
final class Lines {
  private static final Pattern PAIR =
      Pattern.compile("\"(\\w+)\": \"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\"");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-f]{4})|(.))");

  /** A client: submits the job of a task and returns its handle. */
  interface Client {
    String submit(Map<String, String> task) throws Exception;
  }

  private Lines() {}

  /** Does the task of the environment, if there is one; else answers a line for each line. */
  static void drive(Client client) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8.name());
    if (System.getenv("IPS_ENDPOINT") != null) {
      out.println(client.submit(System.getenv()));
      return;
    }
    BufferedReader tasks =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = tasks.readLine(); line != null; line = tasks.readLine()) {
      Map<String, String> task = texts(line);
      String key = "output";
      String value;
      try {
        value = client.submit(task);
      } catch (Exception error) {
        key = "error";
        value = error.toString();
      }
      out.println("{\"case\": " + json(task.get("IPS_CASE")) + ", \"" + key + "\": " + json(value) + "}");
    }
  }

  /** The texts of a task, which is a JSON object of texts only. */
  private static Map<String, String> texts(String line) {
    Map<String, String> found = new HashMap<>();
    for (Matcher pair = PAIR.matcher(line); pair.find(); ) {
      found.put(pair.group(1), ESCAPE.matcher(pair.group(2)).replaceAll(Lines::meant));
    }
    return found;
  }

  private static String meant(MatchResult escape) {
    String text;
    if (escape.group(1) != null) {
      text = String.valueOf((char) Integer.parseInt(escape.group(1), 16));
    } else {
      int at = "nrtbf".indexOf(escape.group(2));
      text = at < 0 ? escape.group(2) : "\n\r\t\b\f".substring(at, at + 1);
    }
    return Matcher.quoteReplacement(text);
  }

  private static String json(String text) {
    StringBuilder made = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\';
      made.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
    }
    return made.append('"').toString();
  }
}
