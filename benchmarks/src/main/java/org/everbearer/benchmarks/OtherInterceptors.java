package org.everbearer.benchmarks;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.util.Context;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpRequestFactory;
import com.google.api.client.testing.http.MockHttpTransport;
import com.google.auth.http.HttpCredentialsAdapter;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.util.concurrent.TimeUnit;
import org.everbearer.benchmarks.peers.AzureCore;
import org.everbearer.benchmarks.peers.GoogleAuth;
import org.everbearer.benchmarks.peers.SpringSecurity;
import org.everbearer.benchmarks.peers.StandInEndpoint;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.web.client.OAuth2ClientHttpRequestInterceptor;

/** The peers' own interceptors, each with the same call without it; nothing goes to a network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OtherInterceptors {
  private static final URI PLACE = URI.create("https://api.example.com/v1/chat?user=7");
  private static final byte[] NO_BODY = {};

  private final ClientHttpResponse ok = new SpringMessages.Ok();
  private final ClientHttpRequestExecution end = (request, body) -> ok;
  private OAuth2ClientHttpRequestInterceptor spring;
  private HttpPipeline azure;
  private HttpPipeline azureWithout;
  private URL url;
  private HttpRequestFactory google;
  private HttpRequestFactory googleWithout;

  /**
   * Spring by its reference chapter "Authorized Client Features", "RestClient Integration", with a resolver of its own
   * for the registration; azure by the samples in the Javadoc of {@code HttpPipelineBuilder} and of the policy; Google
   * by its README, "Using Credentials with google-http-client".
   */
  @Setup
  public void open() throws Exception {
    SpringSecurity springSecurity = new SpringSecurity(new StandInEndpoint(), 1);
    spring = new OAuth2ClientHttpRequestInterceptor(springSecurity.manager());
    spring.setClientRegistrationIdResolver(request -> SpringSecurity.REGISTRATION);
    SecurityContextHolder.getContext().setAuthentication(springSecurity.user(0));

    url = PLACE.toURL();
    HttpClient noNetwork = new AzureNoNetwork();
    azure = new HttpPipelineBuilder().httpClient(noNetwork)
        .policies(new BearerTokenAuthenticationPolicy(new AzureCore(new StandInEndpoint()).credential(), "chat"))
        .build();
    azureWithout = new HttpPipelineBuilder().httpClient(noNetwork).build();

    MockHttpTransport transport = new MockHttpTransport();
    google = transport.createRequestFactory(
        new HttpCredentialsAdapter(new GoogleAuth(new StandInEndpoint()).credentials()));
    googleWithout = transport.createRequestFactory();
  }

  @Benchmark
  public Object spring() throws IOException {
    return spring.intercept(new SpringMessages.Get(PLACE), NO_BODY, end);
  }

  @Benchmark
  public Object springWithout() throws IOException {
    return end.execute(new SpringMessages.Get(PLACE), NO_BODY);
  }

  @Benchmark
  public Object azure() {
    return azure.sendSync(azureRequest(), Context.NONE);
  }

  @Benchmark
  public Object azureWithout() {
    return azureWithout.sendSync(azureRequest(), Context.NONE);
  }

  private com.azure.core.http.HttpRequest azureRequest() {
    return new com.azure.core.http.HttpRequest(HttpMethod.GET, url);
  }

  @Benchmark
  public Object google() throws IOException {
    return google.buildGetRequest(new GenericUrl(url));
  }

  @Benchmark
  public Object googleWithout() throws IOException {
    return googleWithout.buildGetRequest(new GenericUrl(url));
  }
}
