package org.everbearer.oauth2;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.server.authorization.InMemoryOAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.config.annotation.web.configurers.OAuth2AuthorizationServerConfigurer;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.ClientSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.filter.CharacterEncodingFilter;

/** Spring Authorization Server in Tomcat: somebody else's reading of the same RFCs, with rotation turned on. */
final class SpringAuthorizationServer implements AutoCloseable {
  static final String CLIENT = "chat";
  /** What RFC 6749 §2.3.1 wants encoded before it is put into a basic header. */
  static final String SECRET = "s:e/c r+e%t=ü";
  /** Authenticates with a signed assertion. */
  static final String SIGNING_CLIENT = "chat-signing";

  private final Tomcat tomcat;
  private final AnnotationConfigApplicationContext beans;
  private final HttpServer clientKeys;
  private final RSAKey clientKey;
  private final AtomicInteger tokenRequests;

  private SpringAuthorizationServer(Tomcat tomcat, AnnotationConfigApplicationContext beans, HttpServer clientKeys,
      RSAKey clientKey, AtomicInteger tokenRequests) {
    this.tomcat = tomcat;
    this.beans = beans;
    this.clientKeys = clientKeys;
    this.clientKey = clientKey;
    this.tokenRequests = tokenRequests;
  }

  static SpringAuthorizationServer start(Path directory) throws Exception {
    RSAKey clientKey = new RSAKeyGenerator(2048).keyID("client").generate();
    byte[] published = new JWKSet(clientKey.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
    HttpServer clientKeys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    clientKeys.createContext("/", exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, published.length);
      exchange.getResponseBody().write(published);
      exchange.close();
    });
    clientKeys.start();
    RegisteredClientRepository clients = new InMemoryRegisteredClientRepository(client(), signingClient(
        "http://127.0.0.1:" + clientKeys.getAddress().getPort() + "/"));

    AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext();
    beans.registerBean(RegisteredClientRepository.class, () -> clients);
    beans.register(Beans.class);
    beans.refresh();

    AtomicInteger tokenRequests = new AtomicInteger();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", Files.createDirectories(directory.resolve("webapp")).toString());
    // Servlets take a form for ISO-8859-1, RFC 6749 appendix B for UTF-8.
    addFilter(context, "encoding", new CharacterEncodingFilter("UTF-8"));
    addFilter(context, "counting", (request, response, chain) -> {
      if (((HttpServletRequest) request).getRequestURI().equals("/oauth2/token")) tokenRequests.incrementAndGet();
      chain.doFilter(request, response);
    });
    addFilter(context, "security", beans.getBean("springSecurityFilterChain", Filter.class));
    Tomcat.addServlet(context, "none", "org.apache.catalina.servlets.DefaultServlet").addMapping("/");
    tomcat.start();
    return new SpringAuthorizationServer(tomcat, beans, clientKeys, clientKey, tokenRequests);
  }

  private static void addFilter(Context context, String name, Filter filter) {
    FilterDef def = new FilterDef();
    def.setFilterName(name);
    def.setFilter(filter);
    context.addFilterDef(def);
    FilterMap map = new FilterMap();
    map.setFilterName(name);
    map.addURLPattern("/*");
    context.addFilterMap(map);
  }

  private static RegisteredClient client() {
    return RegisteredClient.withId("1").clientId(CLIENT).clientSecret("{noop}" + SECRET)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
        .clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_POST)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .authorizationGrantType(AuthorizationGrantType.TOKEN_EXCHANGE)
        .redirectUri("https://chat.example.com/signed-in")
        .scope("chat").scope("chat.read")
        .tokenSettings(TokenSettings.builder().reuseRefreshTokens(false)
            .accessTokenTimeToLive(Duration.ofMinutes(10)).build())
        .build();
  }

  private static RegisteredClient signingClient(String keys) {
    return RegisteredClient.withId("2").clientId(SIGNING_CLIENT)
        .clientAuthenticationMethod(ClientAuthenticationMethod.PRIVATE_KEY_JWT)
        .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
        .scope("chat")
        .clientSettings(ClientSettings.builder().jwkSetUrl(keys)
            .tokenEndpointAuthenticationSigningAlgorithm(SignatureAlgorithm.RS256).build())
        .build();
  }

  @EnableWebSecurity
  static class Beans {
    @Bean
    SecurityFilterChain chain(HttpSecurity http) throws Exception {
      OAuth2AuthorizationServerConfigurer server = OAuth2AuthorizationServerConfigurer.authorizationServer();
      return http.securityMatcher(server.getEndpointsMatcher()).with(server, Customizer.withDefaults())
          .authorizeHttpRequests(all -> all.anyRequest().authenticated()).build();
    }

    @Bean
    OAuth2AuthorizationService authorizations() {
      return new InMemoryOAuth2AuthorizationService();
    }

    @Bean
    JWKSource<SecurityContext> keys() throws JOSEException {
      return new ImmutableJWKSet<>(new JWKSet(new RSAKeyGenerator(2048).keyID("server").generate()));
    }

    @Bean
    AuthorizationServerSettings settings() {
      return AuthorizationServerSettings.builder().build();
    }
  }

  /** A refresh token as {@link #CLIENT} has it after this user has signed in. */
  String signIn(String user) {
    RegisteredClient client = beans.getBean(RegisteredClientRepository.class).findByClientId(CLIENT);
    OAuth2RefreshToken token = new OAuth2RefreshToken(UUID.randomUUID().toString(), Instant.now(),
        Instant.now().plusSeconds(3600));
    beans.getBean(OAuth2AuthorizationService.class).save(OAuth2Authorization.withRegisteredClient(client)
        .principalName(user)
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .authorizedScopes(Set.of("chat", "chat.read"))
        .attribute(Principal.class.getName(),
            new UsernamePasswordAuthenticationToken(user, null, AuthorityUtils.NO_AUTHORITIES))
        .accessToken(new OAuth2AccessToken(OAuth2AccessToken.TokenType.BEARER, UUID.randomUUID().toString(), Instant.now(),
            Instant.now().plusSeconds(60)))
        .refreshToken(token)
        .build());
    return token.getTokenValue();
  }

  URI issuer() {
    return URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort());
  }

  /** The private key of {@link #SIGNING_CLIENT}, as a JWK. */
  String clientKey() {
    return clientKey.toJSONString();
  }

  int tokenRequests() {
    return tokenRequests.get();
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
    beans.close();
    clientKeys.stop(0);
  }
}
