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
    [InlineData("api/sites/nothing", HttpStatusCode.NotFound)]
    [InlineData("api/sites/nothing/occupancy", HttpStatusCode.NotFound)]
    [InlineData("api/gateways/harbour/nothing", HttpStatusCode.NotFound)]
    [InlineData("api/assets?state=broken", HttpStatusCode.BadRequest)]
    [InlineData("api/assets?tag=zone", HttpStatusCode.BadRequest)]
    [InlineData("api/assets?limit=0", HttpStatusCode.BadRequest)]
    [InlineData("api/assets?limit=many", HttpStatusCode.BadRequest)]
    [InlineData("api/assets?after=bay", HttpStatusCode.BadRequest)]
    [InlineData("api/gateways?presence=1", HttpStatusCode.BadRequest)]
    [InlineData("api/power?by=colour", HttpStatusCode.BadRequest)]
    public async Task What_is_not_there_or_not_allowed_is_answered_with_problem_details(string path, HttpStatusCode status)
    {
        using HttpResponseMessage answer = await _service.Http.GetAsync(Relative(path));
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        JsonElement problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task Assets_are_listed_page_by_page()
    {
        JsonElement first = await GetAsync("api/assets?site=harbour&kind=parking_bay&tag=zone:7&limit=8");
        Assert.Equal(8, first.GetProperty("items").GetArrayLength());
        Assert.Equal("harbour/bay-5", first.GetProperty("next").GetString()); // Sorted as text: bay-0, bay-1, bay-10, bay-11, bay-2 …
        JsonElement second = await GetAsync($"api/assets?after={first.GetProperty("next").GetString()}&limit=8");
        Assert.Equal(4, second.GetProperty("items").GetArrayLength());
        Assert.False(second.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task Sites_gateways_occupancy_and_power_are_answered()
    {
        JsonElement site = (await GetAsync("api/sites")).GetProperty("items")[0];
        Assert.Equal(("harbour", 12, 1), (site.GetProperty("site").GetString(), site.GetProperty("assets").GetInt32(), site.GetProperty("gatewaysOnline").GetInt32()));
        JsonElement gateway = (await GetAsync("api/gateways?presence=online")).GetProperty("items")[0];
        Assert.Equal(("harbour/gw-1", 36, 108), (gateway.GetProperty("id").GetString(), gateway.GetProperty("points").GetInt32(), gateway.GetProperty("readings").GetInt32()));
        JsonElement occupancy = await GetAsync("api/sites/harbour/occupancy");
        Assert.Equal((12, 12), (occupancy.GetProperty("total").GetInt32(), occupancy.GetProperty("unknown").GetInt32())); // The readings are long past.
        Assert.Equal("7", occupancy.GetProperty("zones")[0].GetProperty("zone").GetString());
        Assert.Equal(0, (await GetAsync("api/power")).GetArrayLength());
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

    private Task<JsonElement> GetAsync(string address) => _service.Http.GetFromJsonAsync<JsonElement>(Relative(address));

    private static Uri Relative(string address) => new(address, UriKind.Relative);
}
