package org.everbearer.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.everbearer.config.ClientConfig;
import org.everbearer.config.ConfigSource;
import org.everbearer.config.TokenClient;
import org.everbearer.servlet.BearerTokens;
import org.junit.jupiter.api.Test;

/** An application that does not have Micrometer. */
class AbsenceTest {

  @Test
  void everythingElse_works() throws Exception {
    try (URLClassLoader bare = new URLClassLoader(classPathWithoutMicrometer(), ClassLoader.getPlatformClassLoader())) {
      assertThrows(ClassNotFoundException.class, () -> bare.loadClass("io.micrometer.core.instrument.MeterRegistry"));
      Callable<?> client = (Callable<?>) bare.loadClass(Client.class.getName()).getDeclaredConstructor().newInstance();
      assertEquals("the-token", client.call());
      assertThrows(NoClassDefFoundError.class,
          () -> bare.loadClass(EverbearerMetrics.class.getName()).getDeclaredConstructors());
    }
  }

  /** Loaded over there. */
  public static final class Client implements Callable<String> {
    @Override
    public String call() throws Exception {
      // As a container looks for what to inject.
      for (Class<?> each : List.of(BearerTokens.class, org.everbearer.servlet.BearerTokenFilter.class,
          org.everbearer.servlet.TokenStatusServlet.class)) {
        if (each.getDeclaredMethods().length + each.getDeclaredFields().length == 0) throw new AssertionError(each);
      }
      ConfigSource source = ConfigSource.builder("chat-api").initParams(java.util.Map.of("protocol", "static",
          "accessToken", "the-token", "allowedOrigins", "https://chat.example.com")).build();
      try (TokenClient client = TokenClient.of(ClientConfig.read(source))) {
        client.start();
        return client.coordinator().application().token();
      }
    }
  }

  private static URL[] classPathWithoutMicrometer() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!Path.of(entry).getFileName().toString().contains("micrometer")) urls.add(Path.of(entry).toUri().toURL());
    }
    return urls.toArray(new URL[0]);
  }
}
