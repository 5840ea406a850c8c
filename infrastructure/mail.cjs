'use strict';

/** Of SES's events about mails those that a function takes, by their names in a configuration set. */
const EVENT_TYPES = ['bounce', 'complaint', 'delivery', 'reject'];

/**
 * What brings SES's events about our mails to the account's own event bus, the only one that SES publishes to. The set of the setting's
 * default is the stack's own; one of another name is the company's, and there already. None where the setting is empty.
 *
 * The stack's own leaves SES's list of suppressed addresses of the AWS account aside: the service has a mark of its own, and an address that
 * its reader proves anew has to be mailed to. https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list-config-level.html
 */
module.exports = async ({ resolveConfigurationProperty, resolveVariable }) => {
  const name = await resolveConfigurationProperty(['provider', 'environment', 'MAIL_CONFIGURATION_SET']);
  if (name === '') return { Resources: {} };
  const isOwn = name === `account-linking-${await resolveVariable('sls:stage')}`;
  const own = {
    MailConfigurationSet: {
      Type: 'AWS::SES::ConfigurationSet',
      Properties: { Name: name, SuppressionOptions: { SuppressedReasons: [] } },
    },
  };
  const bus = {
    'Fn::Sub': `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:event-bus/default`,
  };
  return {
    Resources: {
      ...(isOwn ? own : {}),
      MailEvents: {
        Type: 'AWS::SES::ConfigurationSetEventDestination',
        Properties: {
          ConfigurationSetName: isOwn ? { Ref: 'MailConfigurationSet' } : name,
          EventDestination: {
            Name: 'account-linking-mail-events',
            Enabled: true,
            MatchingEventTypes: EVENT_TYPES,
            EventBridgeDestination: { EventBusArn: bus },
          },
        },
      },
    },
  };
};
