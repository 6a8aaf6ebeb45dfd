package org.everbearer.benchmarks;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.http.message.BasicHeader;
import org.everbearer.Origin;
import org.everbearer.benchmarks.peers.Everbearer;
import org.everbearer.benchmarks.peers.Peer;
import org.everbearer.benchmarks.peers.Peers;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.everbearer.httpclient5.BearerTokenExecHandler;
import org.everbearer.httpclient5.OutboundTokens;
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
 * One handler in front of a chain that answers at once. As in HttpClient each call has a copy of the caller's request,
 * a context and a scope of its own, and the chain asks that context for the target's authentication state.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ExecHandlers {
  private static final HttpHost TARGET = new HttpHost("https", "api.example.com", 443);
  private static final HttpRoute ROUTE = new HttpRoute(TARGET);
  private static final ClassicHttpRequest ORIGINAL = ClassicRequestBuilder.get("https://api.example.com/v1/chat?user=7")
      .addHeader("Accept", "application/json")
      .addHeader("User-Agent", "benchmark/1")
      .addHeader("X-Request-Id", "0b8d7c")
      .build();
  private static final ClassicHttpResponse RESPONSE = new BasicClassicHttpResponse(200);
  private static final ExecChain END = (request, scope) -> {
    scope.clientContext.getAuthExchange(TARGET);
    return RESPONSE;
  };

  @Param({"NONE", "CONSTANT", "EVERBEARER", "FLOOR", "AWS"})
  public String handler;

  private Peer peer = () -> "none";
  private ExecChainHandler measured;

  @Setup
  public void open() throws Exception {
    measured = switch (handler) {
      case "NONE" -> (request, scope, chain) -> chain.proceed(request, scope);
      case "CONSTANT" ->
          constant(new BasicHeader("Authorization", "Bearer " + new StandInEndpoint().issue().accessToken()));
      case "EVERBEARER" -> {
        Everbearer ours = new Everbearer(new StandInEndpoint(), settings -> settings);
        peer = ours;
        yield new BearerTokenExecHandler(OutboundTokens.of(ours.source(), Origin.parse("https://api.example.com")));
      }
      default -> {
        peer = Peers.valueOf(handler).open(new StandInEndpoint());
        yield asking(peer);
      }
    };
  }

  private static ExecChainHandler constant(Header header) {
    return (request, scope, chain) -> {
      request.addHeader(header);
      return chain.proceed(request, scope);
    };
  }

  private static ExecChainHandler asking(Peer peer) {
    return (request, scope, chain) -> {
      try {
        request.addHeader("Authorization", "Bearer " + peer.token());
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IOException(e);
      }
      return chain.proceed(request, scope);
    };
  }

  @Benchmark
  public ClassicHttpResponse execute() throws IOException, HttpException {
    return call(measured);
  }

  static ClassicHttpResponse call(ExecChainHandler handler) throws IOException, HttpException {
    ClassicHttpRequest request = ClassicRequestBuilder.copy(ORIGINAL).build();
    ExecChain.Scope scope =
        new ExecChain.Scope("ex-1", ROUTE, ORIGINAL, NoConnection.RUNTIME, HttpClientContext.create());
    return handler.execute(request, scope, END);
  }

  @TearDown
  public void close() {
    peer.close();
  }
}
