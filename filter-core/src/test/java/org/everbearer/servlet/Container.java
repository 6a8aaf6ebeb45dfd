package org.everbearer.servlet;

/** The containers that every test of the filter runs in. */
enum Container {
  TOMCAT {
    @Override
    Deployed deploy(WebApp app) throws Exception {
      return TomcatDeployed.of(app);
    }
  },
  JETTY {
    @Override
    Deployed deploy(WebApp app) throws Exception {
      return JettyDeployed.of(app);
    }
  };

  /** Deploys in the root context. Throws what stopped the deployment. */
  abstract Deployed deploy(WebApp app) throws Exception;
}
