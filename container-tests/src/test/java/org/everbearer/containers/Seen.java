package org.everbearer.containers;

import com.sun.tools.attach.VirtualMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Everything that somebody outside can see of an application: what it answers, shows and exports. Thread-safe. */
final class Seen {
  private final Queue<String> texts = new ConcurrentLinkedQueue<>();
  private final HttpClient http;

  Seen(HttpClient http) {
    this.http = http;
  }

  void add(String text) {
    texts.add(text);
  }

  String all() {
    return String.join("\n", texts);
  }

  /** With its headers. */
  HttpResponse<String> ask(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    texts.add(answer.statusCode() + " " + answer.headers().map() + "\n" + answer.body());
    return answer;
  }

  /** The status page in all its formats. */
  void status(URI base) throws IOException, InterruptedException {
    for (String type : List.of("text/html", "application/json", "text/plain", "application/openmetrics-text")) {
      HttpResponse<String> answer = ask(HttpRequest.newBuilder(base.resolve("tokens")).header("Accept", type));
      if (answer.statusCode() != 200) throw new AssertionError(answer + answer.body());
    }
  }

  /** Reads the live stream for as long as there is one. */
  void watch(URI base) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(base.resolve("tokens")).header("Accept", "text/event-stream").build();
    HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    Thread reader = new Thread(() -> {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) texts.add("live " + line);
      } catch (IOException ended) {
        texts.add("live: " + ended);
      }
    }, "live");
    reader.setDaemon(true);
    reader.start();
  }

  /** The MBeans of another process. */
  void jmxOf(long pid) throws Exception {
    VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
    try (JMXConnector connector =
        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()))) {
      jmx(connector.getMBeanServerConnection());
    } finally {
      machine.detach();
    }
  }

  void jmx(MBeanServerConnection server) throws Exception {
    for (ObjectName name : server.queryNames(new ObjectName("org.everbearer:*"), null)) {
      for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
        texts.add("jmx " + name + " " + attribute.getName() + "=" + server.getAttribute(name, attribute.getName()));
      }
    }
  }
}
