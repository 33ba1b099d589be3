using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using IotTelemetry.Cloud.Tests.Service;
using IotTelemetry.Cloud.Tests.Support;

namespace IotTelemetry.Cloud.Tests.Api;

/// <summary>What all rooms of the API share.</summary>
public sealed class ApiTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    private readonly ServiceProcess _service = fixture.Service;

    [Fact]
    public async Task Asset_has_its_live_points()
    {
        JsonElement asset = await _service.Http.GetFromJsonAsync<JsonElement>(Relative("api/assets/harbour/bay-0"));
        Assert.Equal("harbour/bay-0", asset.GetProperty("id").GetString());
        Assert.Equal("parking_bay", asset.GetProperty("kind").GetString());
        Assert.Equal("online", asset.GetProperty("presence").GetString());
        Assert.Equal("7", asset.GetProperty("tags").GetProperty("zone").GetString());
        JsonElement[] points = [.. asset.GetProperty("points").EnumerateArray()];
        Assert.Equal(["occupied", "distance_mm", "state"], points.Select(point => point.GetProperty("name").GetString()));
        Assert.Equal(["bool", "decimal", "text"], points.Select(point => point.GetProperty("type").GetString()));
        Assert.Equal(JsonValueKind.False, points[0].GetProperty("value").ValueKind);
        Assert.Equal(101.5, points[1].GetProperty("value").GetDouble());
        Assert.Equal("free", points[2].GetProperty("value").GetString());
        Assert.Equal("good", points[0].GetProperty("quality").GetString());
        Assert.Equal(TestGateway.NewYear + 28, points[0].GetProperty("tsMs").GetInt64());
    }

    [Theory]
    [InlineData("api/assets/harbour/nothing", HttpStatusCode.NotFound)]
    [InlineData("api/nothing", HttpStatusCode.NotFound)]
    public async Task What_is_not_there_is_answered_with_problem_details(string path, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await _service.Http.GetAsync(Relative(path));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Document_describes_the_api()
    {
        JsonElement document = await _service.Http.GetFromJsonAsync<JsonElement>(Relative("openapi/v1.json"));
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.True(document.GetProperty("paths").TryGetProperty("/api/assets/{site}/{asset}", out _));
    }

    [Fact]
    public async Task Page_of_another_origin_changes_nothing()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Relative("api/assets/harbour/bay-0"));
        request.Headers.Add("Origin", "https://example.org");
        using HttpResponseMessage answer = await _service.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);

        using HttpRequestMessage own = new(HttpMethod.Post, Relative("api/assets/harbour/bay-0"));
        own.Headers.Add("Origin", _service.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        using HttpResponseMessage allowed = await _service.Http.SendAsync(own);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, allowed.StatusCode);
    }

    private static Uri Relative(string address) => new(address, UriKind.Relative);
}
