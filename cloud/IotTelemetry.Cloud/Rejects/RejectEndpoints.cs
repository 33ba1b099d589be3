using IotTelemetry.ClickHouse;
using IotTelemetry.Cloud.Api;

namespace IotTelemetry.Cloud.Rejects;

/// <summary><c>POST /api/rejects/replay</c>, which <c>iot-cloud rejects replay</c> asks.</summary>
internal static class RejectEndpoints
{
    private const int MostAtOnce = 10_000;

    public static void Map(WebApplication app, RejectReplay replay) => app.MapPost(
        "/api/rejects/replay",
        async (string? gateway, string? reason, DateTimeOffset? since, DateTimeOffset? until, int? limit, bool? dryRun, CancellationToken gone) =>
        {
            if (limit is < 1 or > MostAtOnce)
            {
                return ApiProblem.Of(StatusCodes.Status400BadRequest, $"limit: {limit} is not allowed; allowed is 1 to {MostAtOnce}");
            }

            try
            {
                return Results.Ok(await replay.RunAsync(new RejectFilter(gateway, reason, since, until, limit ?? 1000), dryRun ?? false, gone));
            }
            catch (ClickHouseException failure)
            {
                return ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, $"the store does not answer: {failure.Message}");
            }
        });
}
