package org.everbearer.sample;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/** Nothing inline, nothing from elsewhere, no framing; the page's files are asked for again, answers never kept. */
public final class SecurityHeadersFilter implements Filter {
  private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
      + " img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final Set<String> ANSWERS = Set.of("/health", "/error", "/user", "/login", "/logout");

  @Override
  public void init(FilterConfig config) {}

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    setHeaders(((HttpServletRequest) request).getServletPath(), (HttpServletResponse) response);
    chain.doFilter(request, response);
  }

  private static void setHeaders(String path, HttpServletResponse response) {
    boolean answer = path.startsWith("/api/") || ANSWERS.contains(path);
    response.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    response.setHeader("Cache-Control", answer ? "no-store, no-transform" : "no-cache");
  }

  @Override
  public void destroy() {}
}
