using IotTelemetry.Edge.Hosting;

return await CommandLine.RunAsync(args);
