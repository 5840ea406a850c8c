'use strict';

/** What stands before the functions: how many requests are let through, and the domain that they come by. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const stack = await resolveConfigurationProperty(['custom', 'stack']);
  const { STATE: state, API_DOMAIN: domain, API_CERTIFICATE_ARN: certificate } = stack;
  const throttling = {
    HttpApiStage: {
      Properties: {
        DefaultRouteSettings: {
          ThrottlingRateLimit: Number(stack.THROTTLE_REQUESTS_PER_SECOND),
          ThrottlingBurstLimit: Number(stack.THROTTLE_BURST),
        },
      },
    },
  };
  if (domain === '') return { extensions: throttling };
  return {
    extensions: throttling,
    Resources: {
      ApiDomain: {
        Type: 'AWS::ApiGatewayV2::DomainName',
        Properties: {
          DomainName: domain,
          DomainNameConfigurations: [
            { CertificateArn: certificate, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
          ],
        },
      },
      ApiDomainMapping: {
        Type: 'AWS::ApiGatewayV2::ApiMapping',
        DependsOn: ['HttpApiStage'],
        Properties: {
          ApiId: { Ref: 'HttpApi' },
          DomainName: { Ref: 'ApiDomain' },
          Stage: { Ref: 'HttpApiStage' },
        },
      },
    },
    Outputs: {
      // What the domain's record in DNS points at, or the distribution that stands before it.
      ApiDomainTarget: {
        Value: { 'Fn::GetAtt': ['ApiDomain', 'RegionalDomainName'] },
        Export: { Name: `account-linking-${state}-ApiDomainTarget` },
      },
    },
  };
};
