package org.everbearer.benchmarks;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.config.NamedElementChain;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.everbearer.TokenSet;
import org.everbearer.httpclient5.BearerTokenExecHandler;
import org.everbearer.servlet.BearerTokenFilter;
import org.everbearer.servlet.BearerTokens;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The whole library on one servlet request: the filter around calls as {@link ExecHandlers} makes them. Request,
 * response and session are Tomcat's own: they belong to one request that stays in its servlet for as long as is
 * measured.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ServletRequests {
  /** What is there; the number is how many calls the servlet makes. */
  public enum Setting { NONE, FILTER, APPLICATION, SESSION, NONE_3, APPLICATION_3, SESSION_3 }

  private static final String CLIENT = "chat-api";
  private static final String API = "https://api.example.com";

  @Param({"NONE", "FILTER", "APPLICATION", "SESSION", "NONE_3", "APPLICATION_3", "SESSION_3"})
  public Setting setting;

  private final Held held = new Held();
  private final Tomcat tomcat = new Tomcat();
  private HttpServletRequest request;
  private HttpServletResponse response;
  private ExecChainHandler handler = (hop, scope, next) -> next.proceed(hop, scope);
  private Filter filter;
  private FilterChain chain;
  private int calls;

  @Setup
  public void open() throws Exception {
    Logger.getLogger("org.apache").setLevel(Level.SEVERE);
    boolean session = setting.name().startsWith("SESSION");
    boolean without = setting.name().startsWith("NONE");
    calls = setting == Setting.FILTER ? 0 : setting.name().endsWith("_3") ? 3 : 1;
    tomcat.setBaseDir(Files.createTempDirectory("everbearer-request").toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", null);
    BearerTokenFilter ours = new BearerTokenFilter();
    context.addFilterDef(declaration(ours, session));
    Wrapper servlet = Tomcat.addServlet(context, "held", held);
    servlet.setAsyncSupported(true);
    servlet.addMapping("/*");
    tomcat.start();
    BearerTokens tokens = BearerTokens.of(context.getServletContext());
    if (!without) handler = tokens.addTo(new Chain()).interceptor();
    filter = without ? (in, out, next) -> next.doFilter(in, out) : ours;
    chain = (in, out) -> callOut();
    java.net.http.HttpClient.newHttpClient().sendAsync(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/")).build(),
        BodyHandlers.discarding());
    request = held.arrived.get(1, TimeUnit.MINUTES);
    response = held.answer.get(1, TimeUnit.MINUTES);
    request.getSession();
    if (session) tokens.storeTokens(request, CLIENT, LocalRefresher.tokens(1));
    else tokens.storeTokens(CLIENT, LocalRefresher.tokens(1));
  }

  private static FilterDef declaration(Filter filter, boolean session) {
    FilterDef declared = new FilterDef();
    declared.setFilter(filter);
    declared.setFilterName(CLIENT);
    declared.setFilterClass(filter.getClass().getName());
    declared.setAsyncSupported("true");
    declared.addInitParameter("protocol", LocalRefresher.class.getName());
    declared.addInitParameter("allowedOrigins", API);
    declared.addInitParameter("identity", session ? "session" : "application");
    if (!session) {
      TokenSet first = LocalRefresher.tokens(0);
      declared.addInitParameter("accessToken", first.accessToken());
      declared.addInitParameter("refreshToken", first.refreshToken());
    }
    return declared;
  }

  private void callOut() throws IOException {
    try {
      for (int i = 0; i < calls; i++) ExecHandlers.call(handler);
    } catch (HttpException e) {
      throw new IOException(e);
    }
  }

  @Benchmark
  public HttpServletResponse request() throws Exception {
    filter.doFilter(request, response, chain);
    return response;
  }

  @TearDown
  public void close() throws Exception {
    held.over.countDown();
    tomcat.stop();
    tomcat.destroy();
  }

  /** Shows what has been added to it, in the place where a real chain calls it. */
  private static final class Chain extends HttpClientBuilder {
    private ExecChainHandler found;

    @Override
    protected void customizeExecChain(NamedElementChain<ExecChainHandler> chain) {
      NamedElementChain<ExecChainHandler>.Node node = chain.getFirst();
      while (!(node.getValue() instanceof BearerTokenExecHandler)) node = node.getNext();
      found = node.getValue();
    }

    ExecChainHandler interceptor() throws IOException {
      build().close();
      return found;
    }
  }

  /** Stays in its request until the measurement is over. */
  private static final class Held extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient CompletableFuture<HttpServletRequest> arrived = new CompletableFuture<>();
    private final transient CompletableFuture<HttpServletResponse> answer = new CompletableFuture<>();
    private final transient CountDownLatch over = new CountDownLatch(1);

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      arrived.complete(request);
      answer.complete(response);
      try {
        over.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
