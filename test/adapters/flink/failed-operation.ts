/** Errors as a gateway sends them, around any text. */
export const FRAMES = '\tat a.b.C.d(C.java:1)\n\t... 7 more';
export const failedOperation = (text: string): string =>
  `<Exception on server side:
org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
\tat a.b.C.d(C.java:1)
Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Failed to execute the operation 4d5a2c1e-0b1c-4b1f-9a64-0a3c8dc2a1f5.
\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.processThrowable(OperationManager.java:415)
\tat org.apache.flink.table.gateway.service.operation.OperationManager$Operation.lambda$run$0(OperationManager.java:268)
\t... 7 more
Caused by: java.lang.NumberFormatException: For input string: '${text}x'
${FRAMES}
Caused by: a.b.OtherException: ${text}
${FRAMES}

End of exception on server side>`;
export const asErrors = (text: string): string => JSON.stringify({ errors: ['Internal server error.', text] });
