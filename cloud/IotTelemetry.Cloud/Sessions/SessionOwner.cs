namespace IotTelemetry.Cloud.Sessions;

/// <summary>Whose sessions they are, as the readings say.</summary>
internal readonly record struct SessionOwner(string Site, string Asset, string Kind, string Gateway);
