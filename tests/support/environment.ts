import { TEST_ENVIRONMENT } from './settings.ts';

// The modules of functions/ read their settings as they are loaded, as they do in Lambda.
Object.assign(process.env, TEST_ENVIRONMENT, { AWS_REGION: 'ap-southeast-1' });
