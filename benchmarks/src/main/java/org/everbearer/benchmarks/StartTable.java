package org.everbearer.benchmarks;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.everbearer.servlet.BearerTokenFilter;

/** How much longer a web application takes to start in Tomcat because it declares the filter. */
final class StartTable {
  private static final int ROUNDS = 11;
  /** Nobody listens there: a start that went to the network would fail, and be seen. */
  private static final String NOWHERE = "http://127.0.0.1:9";

  private StartTable() {}

  static void measure(Report report) throws Exception {
    Logger.getLogger("org.apache").setLevel(Level.SEVERE);
    Path base = Files.createTempDirectory("everbearer-start");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.start();
    double bare = start(tomcat, base, "warm-up", false);
    bare = start(tomcat, base, "bare", false);
    double first = start(tomcat, base, "first", true);
    List<Double> later = new ArrayList<>();
    List<Double> without = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      later.add(start(tomcat, base, "with-" + i, true));
      without.add(start(tomcat, base, "without-" + i, false));
    }
    later.sort(null);
    without.sort(null);
    report.columns("start of a web application", "without the filter, ms", "with it, ms", "added, ms");
    report.row("the first in the JVM (loads our classes and theirs)", bare, first, first - bare);
    report.row("later ones, median of " + ROUNDS, without.get(ROUNDS / 2), later.get(ROUNDS / 2),
        later.get(ROUNDS / 2) - without.get(ROUNDS / 2));
    report.note("Embedded Tomcat; one filter, memory store, a first pair in the configuration. Nobody listens at the"
        + " configured token endpoint and the start succeeds: it does no network I/O.");
    tomcat.stop();
    tomcat.destroy();
  }

  private static double start(Tomcat tomcat, Path base, String name, boolean withFilter) throws Exception {
    File directory = Files.createDirectory(base.resolve(name)).toFile();
    String token = new StandInEndpoint().issue().accessToken();
    Context context = tomcat.addContext("/" + name, directory.getAbsolutePath());
    // addContext has started it already, as the host is running: declare the filter, and measure the reload.
    if (withFilter) declare(context, token);
    context.stop();
    long start = System.nanoTime();
    context.start();
    double took = (System.nanoTime() - start) / 1e6;
    if (context.getState() != LifecycleState.STARTED) throw new IllegalStateException(name + " did not start");
    context.stop();
    tomcat.getHost().removeChild(context);
    return took;
  }

  private static void declare(Context context, String token) {
    FilterDef filter = new FilterDef();
    filter.setFilterName("chat-api");
    filter.setFilterClass(BearerTokenFilter.class.getName());
    filter.addInitParameter("baseUrl", NOWHERE);
    filter.addInitParameter("allowedOrigins", NOWHERE);
    filter.addInitParameter("accessToken", token);
    filter.addInitParameter("refreshToken", "refresh-0");
    context.addFilterDef(filter);
    FilterMap everything = new FilterMap();
    everything.setFilterName("chat-api");
    everything.addURLPattern("/*");
    context.addFilterMap(everything);
  }
}
