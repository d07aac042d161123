/**
 * Loaded into everything that a stack under test starts (NODE_OPTIONS). In a function of `serverless offline`, and nowhere
 * else, it makes the function's name its access key id and puts the proxy of ./roles-proxy.ts before DynamoDB: AWS knows
 * a function's role by its credentials too.
 */
import process from 'node:process';

const { AWS_LAMBDA_FUNCTION_NAME: name, AWS_ENDPOINT_URL_DYNAMODB: dynamodb, ROLES_PROXY: proxy } = process.env;

if (name !== undefined) {
  process.env.AWS_ACCESS_KEY_ID = name;
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `${proxy}/${new URL(dynamodb).host}`;
}
