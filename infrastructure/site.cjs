'use strict';

/** Managed by AWS: nothing is kept. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

const HSTS_SECONDS = 63_072_000;

/** Every path that is no file is the page, which routes by itself. */
const PAGE_ROUTES = `function handler(event) {
  var request = event.request;
  if (!/^\\/(assets|element)\\/|\\.[a-z0-9]+$/.test(request.uri)) request.uri = '/index.html';
  return request;
}`;

/** How both distributions meet browsers. */
const servedAt = (domain, { EDGE_CERTIFICATE_ARN: certificate }) => ({
  Enabled: true,
  HttpVersion: 'http2and3',
  IPV6Enabled: true,
  Aliases: [domain],
  ViewerCertificate: {
    AcmCertificateArn: certificate,
    MinimumProtocolVersion: 'TLSv1.2_2021',
    SslSupportMethod: 'sni-only',
  },
});

/** What the console is sent with: the headers that its page is tested under, and those that need a domain of one's own. */
async function pageHeadersPolicy({ API_ORIGIN: apiOrigin, HUMAN_CHECK: humanCheck }, name) {
  const { pageHeaders } = await import('../console/headers.ts');
  const {
    'content-security-policy': policy,
    'referrer-policy': referrer,
    'x-content-type-options': _nosniff,
    ...others
  } = pageHeaders({ apiOrigin, humanCheck });
  return {
    Type: 'AWS::CloudFront::ResponseHeadersPolicy',
    Properties: {
      ResponseHeadersPolicyConfig: {
        Name: name,
        SecurityHeadersConfig: {
          ContentSecurityPolicy: { ContentSecurityPolicy: policy, Override: true },
          ContentTypeOptions: { Override: true },
          ReferrerPolicy: { ReferrerPolicy: referrer, Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: HSTS_SECONDS, Override: true },
        },
        CustomHeadersConfig: {
          Items: Object.entries(others).map(([Header, Value]) => ({ Header, Value, Override: true })),
        },
      },
    },
  };
}

/** The console's files, which CloudFront alone reads. */
async function consoleSite(settings) {
  const name = `account-linking-${settings.STATE}`;
  return {
    ConsoleFiles: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      },
    },
    ConsoleFilesPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'ConsoleFiles' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'cloudfront.amazonaws.com' },
              Action: 's3:GetObject',
              Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['ConsoleFiles', 'Arn'] }, '/*']] },
              Condition: {
                StringEquals: {
                  'AWS:SourceArn': {
                    'Fn::Sub': `arn:\${AWS::Partition}:cloudfront::\${AWS::AccountId}:distribution/\${ConsoleSite}`,
                  },
                },
              },
            },
          ],
        },
      },
    },
    ConsoleAccess: {
      Type: 'AWS::CloudFront::OriginAccessControl',
      Properties: {
        OriginAccessControlConfig: {
          Name: `${name}-console`,
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
    ConsoleRoutes: {
      Type: 'AWS::CloudFront::Function',
      Properties: {
        Name: `${name}-console-routes`,
        AutoPublish: true,
        FunctionCode: PAGE_ROUTES,
        FunctionConfig: { Comment: 'Every path that is no file is the page.', Runtime: 'cloudfront-js-2.0' },
      },
    },
    ConsoleCache: {
      Type: 'AWS::CloudFront::CachePolicy',
      Properties: {
        CachePolicyConfig: {
          Name: `${name}-console`,
          // As long as the files themselves say: the page is asked for each time, what has a digest in its name never again.
          MinTTL: 0,
          DefaultTTL: 0,
          MaxTTL: 31_536_000,
          ParametersInCacheKeyAndForwardedToOrigin: {
            CookiesConfig: { CookieBehavior: 'none' },
            HeadersConfig: { HeaderBehavior: 'none' },
            QueryStringsConfig: { QueryStringBehavior: 'none' },
            EnableAcceptEncodingBrotli: true,
            EnableAcceptEncodingGzip: true,
          },
        },
      },
    },
    ConsoleHeaders: await pageHeadersPolicy(settings, `${name}-console`),
    ConsoleSite: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          ...servedAt(settings.CONSOLE_DOMAIN, settings),
          DefaultRootObject: 'index.html',
          Origins: [
            {
              Id: 'files',
              DomainName: { 'Fn::GetAtt': ['ConsoleFiles', 'RegionalDomainName'] },
              OriginAccessControlId: { Ref: 'ConsoleAccess' },
              S3OriginConfig: { OriginAccessIdentity: '' },
            },
          ],
          DefaultCacheBehavior: {
            TargetOriginId: 'files',
            ViewerProtocolPolicy: 'redirect-to-https',
            AllowedMethods: ['GET', 'HEAD'],
            Compress: true,
            CachePolicyId: { Ref: 'ConsoleCache' },
            ResponseHeadersPolicyId: { Ref: 'ConsoleHeaders' },
            FunctionAssociations: [
              {
                EventType: 'viewer-request',
                FunctionARN: { 'Fn::GetAtt': ['ConsoleRoutes', 'FunctionARN'] },
              },
            ],
          },
        },
      },
    },
  };
}

/** CloudFront before the API, so that a web application firewall can be: it keeps nothing, and says who it is and who asks. */
function apiEdge(settings) {
  const secret = `{{resolve:secretsmanager:${settings.EDGE_SECRET_ID}:SecretString}}`;
  return {
    ApiRequests: {
      Type: 'AWS::CloudFront::OriginRequestPolicy',
      Properties: {
        OriginRequestPolicyConfig: {
          Name: `account-linking-${settings.STATE}-api`,
          CookiesConfig: { CookieBehavior: 'all' },
          QueryStringsConfig: { QueryStringBehavior: 'all' },
          // The host too, by which the gateway knows its domain.
          HeadersConfig: {
            HeaderBehavior: 'allViewerAndWhitelistCloudFront',
            Headers: ['CloudFront-Viewer-Address'],
          },
        },
      },
    },
    ApiSite: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
        DistributionConfig: {
          ...servedAt(settings.API_DOMAIN, settings),
          ...(settings.WEB_ACL_ARN !== '' && { WebACLId: settings.WEB_ACL_ARN }),
          Origins: [
            {
              Id: 'api',
              DomainName: { 'Fn::ImportValue': `account-linking-${settings.STATE}-ApiDomainTarget` },
              CustomOriginConfig: {
                OriginProtocolPolicy: 'https-only',
                OriginSSLProtocols: ['TLSv1.2'],
                // As long as the gateway may wait for a function.
                OriginReadTimeout: 30,
              },
              OriginCustomHeaders: [{ HeaderName: 'x-edge-secret', HeaderValue: secret }],
            },
          ],
          DefaultCacheBehavior: {
            TargetOriginId: 'api',
            ViewerProtocolPolicy: 'https-only',
            AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
            CachePolicyId: CACHING_DISABLED,
            OriginRequestPolicyId: { Ref: 'ApiRequests' },
          },
        },
      },
    },
  };
}

/** The console's site, where `CONSOLE_DOMAIN` names one, and the API's, where `CLIENT_IP` is cloudfront. */
module.exports = async ({ resolveConfigurationProperty }) => {
  const settings = await resolveConfigurationProperty(['custom', 'deployed']);
  const hasConsole = settings.CONSOLE_DOMAIN !== '';
  const hasEdge = settings.CLIENT_IP === 'cloudfront';
  return {
    Resources: {
      ...(hasConsole ? await consoleSite(settings) : {}),
      ...(hasEdge ? apiEdge(settings) : {}),
    },
    Outputs: {
      ...(hasConsole && {
        ConsoleFilesName: { Value: { Ref: 'ConsoleFiles' } },
        ConsoleDomainTarget: { Value: { 'Fn::GetAtt': ['ConsoleSite', 'DomainName'] } },
      }),
      ...(hasEdge && { ApiEdgeTarget: { Value: { 'Fn::GetAtt': ['ApiSite', 'DomainName'] } } }),
    },
  };
};
