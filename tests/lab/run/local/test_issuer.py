"""The laptop's issuer signs what anyone can check with its public key, as one on AWS does."""

import jwt
import pytest

from lab.run.local.issuer import AUDIENCE, running_issuer


@pytest.fixture(scope="module")
def issuer():
    with running_issuer() as issuer:
        yield issuer


def test_a_token_is_checked_with_the_published_key(issuer):
    token = issuer.token("anna")
    key = jwt.PyJWKClient(f"{issuer.url}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=issuer.url)
    assert claims["sub"] == "anna"


def test_it_serves_nothing_else_and_no_private_key(issuer):
    with pytest.raises(jwt.PyJWKClientError):
        jwt.PyJWKClient(f"{issuer.url}/").get_jwk_set()
    [published] = jwt.PyJWKClient(f"{issuer.url}/.well-known/jwks.json").fetch_data()["keys"]
    assert published.keys().isdisjoint({"d", "p", "q"})
