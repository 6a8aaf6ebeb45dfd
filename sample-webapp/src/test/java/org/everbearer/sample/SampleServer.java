package org.everbearer.sample;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;

/** The web application as it is, in an embedded Tomcat, and a browser that keeps all that it was sent. */
final class SampleServer implements AutoCloseable {
  final List<String> received = new CopyOnWriteArrayList<>();
  private final Tomcat tomcat = new Tomcat();
  private final HttpClient browser = HttpClient.newHttpClient();

  SampleServer(Path directory, Map<String, String> settings) throws LifecycleException {
    settings.forEach(System::setProperty);
    try {
      tomcat.setBaseDir(directory.toString());
      Connector connector = new Connector();
      connector.setPort(0);
      connector.setProperty("address", InetAddress.getLoopbackAddress().getHostAddress());
      tomcat.setConnector(connector);
      Context application = tomcat.addWebapp("", new File("src/main/webapp").getAbsolutePath());
      application.setParentClassLoader(SampleServer.class.getClassLoader());
      tomcat.start();
      if (!application.getState().isAvailable()) {
        close();
        throw new LifecycleException("the deployment failed");
      }
    } finally {
      settings.keySet().forEach(System::clearProperty);
    }
  }

  int port() {
    return tomcat.getConnector().getLocalPort();
  }

  HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path);
    for (int i = 0; i < headers.length; i += 2) request.setHeader(headers[i], headers[i + 1]);
    return keep(browser.send(request.build(), BodyHandlers.ofString()));
  }

  HttpResponse<String> post(String path, String body, String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).POST(BodyPublishers.ofString(body));
    request.header("Content-Type", "application/json");
    for (int i = 0; i < headers.length; i += 2) request.setHeader(headers[i], headers[i + 1]);
    return keep(browser.send(request.build(), BodyHandlers.ofString()));
  }

  HttpResponse<String> chat(String message) throws IOException, InterruptedException {
    return post("/api/chat", "{\"message\":\"" + message + "\"}");
  }

  HttpResponse<String> stream(String message) throws IOException, InterruptedException {
    return post("/api/chat", "{\"message\":\"" + message + "\"}", "Accept", "text/event-stream");
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
  }

  private HttpResponse<String> keep(HttpResponse<String> response) {
    received.add(response.headers().map() + "\n" + response.body());
    return response;
  }
}
