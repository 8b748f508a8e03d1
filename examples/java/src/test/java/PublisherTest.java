import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PublisherTest {
    static final String AT_TWO = "0 0 2 * * ?";
    static IpsMock mock;
    static Publisher publisher;

    @BeforeAll
    static void start() throws Exception {
        mock = new IpsMock("--clock", "2014-04-03T00:00:00Z");
        publisher = new Publisher(mock.place("endpoint"));
    }

    @BeforeEach // Each test finds the service as new.
    void reset() throws Exception {
        mock.control("POST", "reset", "{}");
    }

    @AfterAll
    static void stop() throws Exception {
        assertEquals(0, mock.stop());
    }

    @Test
    void theJobRunsEachNight() throws Exception {
        String handle = publisher.publishDaily("Nightly", AT_TWO);
        assertTrue(handle.contains("|Nightly|"), handle);
        mock.control("POST", "clock/advance", "{\"hours\": 3}");
        String jobs = mock.control("GET", "jobs?job_name=Nightly", null).body();
        assertTrue(jobs.contains("\"started\": \"2014-04-03T02:00:00"), jobs);
        assertTrue(jobs.contains("\"outcome\": \"success\""), jobs);
    }

    @Test
    void aRefusalIsToldToTheCaller() throws Exception {
        mock.control("POST", "scripts", "{\"fault\": 20003}"); // For the next submission.
        var refused = assertThrows(IOException.class, () -> publisher.publishDaily("Nightly", AT_TWO));
        assertEquals("refused: 20003", refused.getMessage());
    }

    @Test
    void whatWasSubmittedIsWhatWasMeant() throws Exception {
        publisher.publishDaily("Nightly", AT_TWO);
        var found = mock.control("POST", "verify", """
                {"submitted": {"job_name": "Nightly", "job": "imageServingPublishJob",
                               "execSchedule": "0 0 2 * * ?"}, "times": 1}
                """);
        assertEquals(200, found.statusCode(), found.body());
        var other = mock.control("POST", "verify", "{\"submitted\": {\"job_name\": \"Weekly\"}}");
        assertEquals(409, other.statusCode());
        assertTrue(other.body().contains("Nightly"), other.body()); // It says what came instead.
    }
}
